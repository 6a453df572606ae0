package page

import (
	"crypto/rand"
	"strings"
	"sync"

	"github.com/go-json-experiment/json"

	"github.com/acrhost/acrhost/sdk/go/abi"
)

// Bounds of the pages that are kept: 2 MiB in all.
const (
	maxKept     = 64
	maxKeptSize = 32 << 10 // of one, with what it was made of, in bytes
)

// kept are pages of prompts that were made before. Most users of a login see the same one,
// but for where its form goes to and the form's token, and to have the template make it
// takes longer than all else that is done to show it. A page with what one user has typed, or
// with a secret, is not kept. A page depends on nothing but the prompt, so none goes stale.
type kept struct {
	// Stand-ins, which nobody can know, for what differs from login to login.
	action, token string

	mu    sync.Mutex
	pages map[string]pieces
}

// pieces are a page without its form's action and token, which stand in between.
type pieces struct {
	before, between, after string
	also                   policy
}

func newKept() *kept {
	return &kept{action: rand.Text(), token: rand.Text(), pages: map[string]pieces{}}
}

// page is the page of a prompt, which make makes where none is kept. It is not ok for a
// prompt that has to be made anew.
func (k *kept) page(q Prompt, make func(Prompt) ([]byte, policy, error)) (body []byte, also policy, ok bool) {
	if !same(q.Prompt) || len(q.Filled) > 0 || !plain(q.Action) || !plain(q.Token) {
		return nil, policy{}, false
	}
	action, token := q.Action, q.Token
	q.Action, q.Token = k.action, k.token
	// All of the prompt, so that nothing that a page shows is forgotten.
	of, err := json.Marshal(q)
	if err != nil {
		return nil, policy{}, false
	}
	p, ok := k.get(string(of))
	if !ok {
		if p, ok = k.cut(make(q)); !ok {
			return nil, policy{}, false
		}
		k.add(string(of), p)
	}
	return []byte(p.before + action + p.between + token + p.after), p.also, true
}

// cut takes a page apart at the stand-ins, each of which is there once.
func (k *kept) cut(page []byte, also policy, err error) (p pieces, ok bool) {
	if err != nil {
		return p, false
	}
	before, rest, first := strings.Cut(string(page), k.action)
	between, after, second := strings.Cut(rest, k.token)
	p = pieces{before, between, after, also}
	return p, first && second && !strings.Contains(before+between+after, k.action) && !strings.Contains(before+between+after, k.token)
}

func (k *kept) get(of string) (p pieces, ok bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	p, ok = k.pages[of]
	return p, ok
}

// add keeps a page. Where there are too many, those that are asked for will be back soon.
func (k *kept) add(of string, p pieces) {
	if len(of)+len(p.before)+len(p.between)+len(p.after) > maxKeptSize {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.pages) >= maxKept {
		clear(k.pages)
	}
	k.pages[of] = p
}

// same says whether users are asked the same: what was typed before, and what the host
// puts in, is one user's.
func same(q *abi.Prompt) bool {
	for _, f := range q.Fields {
		if f.Value != "" {
			return false
		}
	}
	return true
}

// plain says whether a text is the same in an attribute and in an address, escaped or not.
func plain(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("/._-", r)
	})
}
