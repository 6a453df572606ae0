// Package steptest runs steps without WebAssembly, for unit tests. It is the
// double of the host: it makes the input document, answers the capabilities, and
// holds the step to what the real host would hold it to: the configuration to its
// schema, both documents to theirs, the outcome, the capabilities, the variables and what
// it says of the user to what the type declares. A step that breaks one fails the test. It
// doesn't look at the acr, which the host holds to the manifest where journeys are run.
//
//	out := steptest.New(t, password.Type()).
//		Subject("u1", "alice").
//		Answer("submit", map[string]string{"password": "secret"}).
//		Capability("password_verify", steptest.Fake(func(abi.PasswordVerify) (abi.Status, abi.Verified) {
//			return abi.OK, abi.Verified{OK: true}
//		})).
//		Run()
package steptest
