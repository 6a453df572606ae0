package lock

import "golang.org/x/mod/semver"

// Swapped says whether an entry is of another plugin than the one that was locked before,
// by the names of their manifests.
func (e Entry) Swapped(before Entry) bool { return before.Name != "" && e.Name != before.Name }

// RolledBack says whether an entry is an older version of what was locked before, as
// Semantic Versioning 2.0.0 section 11 orders them. Of versions that are none nobody knows.
func (e Entry) RolledBack(before Entry) bool {
	is, was := "v"+e.Version, "v"+before.Version // as the library wants them
	return e.Name == before.Name && semver.IsValid(is) && semver.IsValid(was) && semver.Compare(is, was) < 0
}
