package breached_test

import (
	"bytes"
	"crypto/sha1"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/account/breached"
)

// sums are sorted lines as in the download of Have I Been Pwned. The counts differ
// in length, and so do the lines.
func sums(passwords ...string) []string {
	var all []string
	count := 1
	for _, p := range passwords {
		all = append(all, fmt.Sprintf("%X:%d", sha1.Sum([]byte(p)), count))
		count = count*7%99991 + 1
	}
	slices.Sort(all)
	return all
}

func file(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "list")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func open(t testing.TB, path string) *breached.List {
	t.Helper()
	l, err := breached.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func many(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("password %d", i)
	}
	return all
}

// Every password of a list is found, and none else, however the file is written.
func TestHas(t *testing.T) {
	for _, n := range []int{1, 2, 3, 50, 5000} {
		passwords := many(n)
		lines := sums(passwords...)
		for name, text := range map[string]string{
			"hashes":               strings.Join(lines, "\n") + "\n",
			"hashes, no last end":  strings.Join(lines, "\n"),
			"hashes with CRLF":     strings.Join(lines, "\r\n") + "\r\n",
			"hashes in lower case": strings.ToLower(strings.Join(lines, "\n")),
			"plain":                strings.Join(passwords, "\n"),
			"plain with CRLF":      strings.Join(passwords, "\r\n\r\n"),
		} {
			t.Run(fmt.Sprintf("%d %s", n, name), func(t *testing.T) {
				l := open(t, file(t, text))
				for i, p := range append(passwords, "", "password", "password 00", "Password 0", fmt.Sprintf("password %d", n)) {
					if has, err := l.Has([]byte(p)); err != nil || has != (i < n) {
						t.Fatalf("Has(%q) = %v, %v", p, has, err)
					}
				}
			})
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	lines := sums(many(3000)...)
	swapped := slices.Clone(lines)
	swapped[0], swapped[2999] = swapped[2999], swapped[0]
	byCount := slices.SortedFunc(slices.Values(lines), func(a, b string) int { return strings.Compare(a[41:], b[41:]) })
	for name, test := range map[string]struct {
		text string
		want error // nil: any
	}{
		"nothing":               {"", breached.ErrEmpty},
		"ends exchanged":        {strings.Join(swapped, "\n"), breached.ErrUnsorted},
		"in the order of count": {strings.Join(byCount, "\n"), breached.ErrUnsorted},
		"the other hashes":      {strings.Repeat("A", 32) + ":5\n", breached.ErrNTLM},
		"a line of something":   {lines[0] + "\n\n" + lines[1], nil},
		"a line without end":    {lines[0] + "\n" + strings.Repeat("A", 5000), nil},
		"a plain list too long": {"password\n" + strings.Repeat("x", breached.MaxPlain), breached.ErrTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			path := file(t, test.text)
			if _, err := breached.Open(path); err == nil || test.want != nil && !errors.Is(err, test.want) {
				t.Errorf("Open: %v, want %v", err, test.want)
			}
			f, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if err := breached.Check(f); err == nil {
				t.Error("Check: no error")
			}
		})
	}
	if _, err := breached.Open(t.TempDir()); !errors.Is(err, breached.ErrNoFile) {
		t.Errorf("a folder: %v", err)
	}
	if _, err := breached.Open(filepath.Join(t.TempDir(), "absent")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("an absent file: %v", err)
	}
}

// A file that was cut or overwritten is an error, not an answer.
func TestFileThatChanged(t *testing.T) {
	path := file(t, strings.Join(sums(many(3000)...), "\n"))
	l := open(t, path)
	if err := os.Truncate(path, 10); err != nil {
		t.Fatal(err)
	}
	if has, err := l.Has([]byte("password 1")); err == nil || has {
		t.Errorf("%v, %v", has, err)
	}
}

// The download is never loaded: a search takes the same memory in a file of any size.
func TestSearchLoadsNothing(t *testing.T) {
	l := open(t, file(t, strings.Join(sums(many(200_000)...), "\n"))) // 9 MB
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if has, err := l.Has([]byte("password 77777")); err != nil || !has {
		t.Fatal(has, err)
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 64<<10 {
		t.Errorf("a search took %d bytes", used)
	}
}

// Whatever a file holds: an answer or an error, and what is a sorted file holds its lines.
func FuzzHas(f *testing.F) {
	f.Add([]byte(strings.Join(sums(many(5)...), "\n")), "password 1")
	f.Add([]byte("a\nb\r\n\n"), "b")
	f.Fuzz(func(t *testing.T, content []byte, password string) {
		l, err := breached.Open(file(t, string(content)))
		if err != nil {
			return
		}
		has, err := l.Has([]byte(password))
		if has && err != nil {
			t.Errorf("%v with %v", has, err)
		}
		sum := fmt.Appendf(nil, "%X", sha1.Sum([]byte(password)))
		if has && !bytes.Contains(content, []byte(password)) && !bytes.Contains(bytes.ToUpper(content), sum) {
			t.Errorf("%q is not in %q", password, content)
		}
	})
}
