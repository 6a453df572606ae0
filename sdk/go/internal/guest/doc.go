// Package guest is the wire of the ABI: the functions that a reactor imports from
// acrhost_v1, as Go functions over bytes. It is the only package of the SDK that
// handles pointers. Outside of WebAssembly there is no host, and the functions
// answer as one that offers nothing.
package guest
