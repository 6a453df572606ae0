// Bindings writes what the SDKs know of the ABI's documents and capabilities, from the
// schemas beside it: the types, and in Go how they are written and read, and a function
// for each capability. Who adds a member or a capability adds it to a schema, and runs
//
//	go generate ./sdk/schema
//
// What a language makes of a kind of member, and the names that it has chosen
// otherwise than the schema, are in the language's file. A test fails where what was
// generated is not what the schemas say.
package main
