// Package source brings modules and their signatures here, and puts them there: OCI
// registries, https addresses, files, and OCI layouts in a tar file for networks without a
// registry. What it brings is bounded before it is read, checked for its form and held to its
// digests; whether anybody should trust it is for package signature and the operator's lock.
//
// A plugin in a registry has the layout of the CNCF's TAG Runtime for WebAssembly: an image
// manifest with a config of ConfigType and one layer of ModuleType. Its signature is a
// manifest that refers to it, of SignatureType, found through the referrers API or, where
// a registry has none, through its tag schema (OCI distribution specification 1.1).
package source
