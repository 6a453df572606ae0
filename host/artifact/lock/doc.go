// Package lock reads and writes acrhost.lock: which content an operator took over for each
// plugin, from where, what it asks for and who signed it; succession.go says whether what follows is
// another plugin or an older one. A host loads what is locked and
// nothing else under that name.
package lock
