package config

import (
	"errors"
	"io/fs"

	"github.com/acrhost/acrhost/host/account/breached"
	"github.com/acrhost/acrhost/host/account/passhash"
)

// maxHashing bounds the memory of all hashes together, in KiB: 64 GiB. More is a
// slip of the finger, not a machine.
const maxHashing = 64 << 20

// passwords reads the cost of argon2id, and the list of breached passwords. Less than
// the cheapest setting of the OWASP Password Storage Cheat Sheet, 7 MiB, is refused.
func (r *reader) passwords(t *table, p *Passwords) {
	if t = t.sub("passwords"); t == nil {
		return
	}
	defer t.close()
	whole(t, "memory_kib", &p.MemoryKiB, 7168, passhash.MaxMemoryKiB)
	whole(t, "iterations", &p.Iterations, 1, 64)
	whole(t, "parallel", &p.Parallel, 1, 256)
	if err := (passhash.Cost{MemoryKiB: p.MemoryKiB, Iterations: p.Iterations}).Check(); err != nil {
		r.fault(t.pos("memory_kib"), "a login would take many seconds", "%s: %v", t.name, err)
	}
	if all := int64(p.Parallel) * int64(p.MemoryKiB); all > maxHashing {
		r.fault(t.pos("parallel"), "parallel = 4", "parallel times memory_kib in %s is %d GiB, at most %d are allowed", t.name, all>>20, maxHashing>>20)
	}
	t.path("breached_file", &p.BreachedFile)
	if p.BreachedFile != "" {
		r.breached(t, p.BreachedFile)
	}
}

// breached looks at the list of breached passwords, before a user's password does.
func (r *reader) breached(t *table, path string) {
	f, err := r.open(path)
	if err != nil {
		r.fault(t.pos("breached_file"), "paths are relative to this file; remove it to have no list", "breached_file in %s can't be read: %v", t.name, reason(err))
		return
	}
	defer f.Close()
	file, ok := f.(breached.File)
	if !ok {
		err = errors.New("it is no file of this machine")
	} else {
		err = breached.Check(file)
	}
	if err != nil {
		r.fault(t.pos("breached_file"), "", "breached_file in %s: %v", t.name, reason(err))
	}
}

// nowhere opens nothing.
func nowhere(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}
