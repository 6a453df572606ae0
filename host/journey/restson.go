package journey

import "slices"

// RestsOn are the digests of all modules that the outcome of a run rests on, sorted,
// each once: every module that was called, whatever it answered, and those in whose
// calls the evidence came about, also in an earlier run of the session. A module that
// set nothing may have led the way past one that would have, or have given a variable
// to the step that set the acr: nobody can tell afterwards what mattered.
func (r *Run) RestsOn() []string {
	all := slices.Clone(r.Modules)
	for _, e := range r.Evid {
		if e.Digest != "" {
			all = append(all, e.Digest)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// restOn notes that a module was called.
func (r *Run) restOn(digest string) {
	if digest != "" && !slices.Contains(r.Modules, digest) {
		r.Modules = append(slices.Clip(r.Modules), digest)
	}
}
