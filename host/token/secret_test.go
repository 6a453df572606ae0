package token_test

import (
	"bytes"
	"sync"
	"testing"

	"github.com/acrhost/acrhost/host/store/memory"
	"github.com/acrhost/acrhost/host/token"
)

// All hosts on a store have the same secret, and each name another one; one that was put
// under another's name does not open.
func TestSecret(t *testing.T) {
	s := memory.New()
	all := make([][]byte, 8)
	var wg sync.WaitGroup
	for i := range all {
		wg.Go(func() {
			var err error
			if all[i], err = token.Secret(t.Context(), s, sealer(), "a"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, one := range all {
		if len(one) != 32 || !bytes.Equal(one, all[0]) {
			t.Fatalf("secrets differ: %x", all)
		}
	}
	other, err := token.Secret(t.Context(), s, sealer(), "b")
	if err != nil || bytes.Equal(other, all[0]) {
		t.Errorf("got %x, %v", other, err)
	}
	sealed, err := s.Secret(t.Context(), "a")
	if err != nil || bytes.Contains(sealed, all[0]) {
		t.Errorf("stored as %x, %v", sealed, err)
	}
	if err := s.AddSecret(t.Context(), "c", sealed); err != nil {
		t.Fatal(err)
	}
	if _, err := token.Secret(t.Context(), s, sealer(), "c"); err == nil {
		t.Error("another's secret opens")
	}
}
