// Command bench measures whole logins: how many a provider does, how long they take, and
// what the requests around them cost. It runs this project's bin/acrhost with a journey of a
// form and two WebAssembly steps, with SQLite and with the store in memory, and as peers
// small servers around zitadel/oidc and ory/fosite (peer/), all in one run on one machine:
// figures do not travel, ratios do. make bench-login builds what it needs and runs it.
//
// A subject (subjects.go) is a server in one configuration; acrhost.go and peers.go make
// them. Each turn starts it anew (server.go), pinned to one processor where the machine has
// two and taskset is there, with the users (browser.go) on the others. The users are a
// closed loop (load.go): each begins the next login when the last one has ended, with
// empty cookies, PKCE, the form posted, the code redeemed and the ID token checked. The
// subjects take turns, and what is reported are medians (measure.go). goals.go holds them
// against the project's goals; table.go prints them.
//
// Nobody hashes a password here: one hash costs more than a hundred logins. All of it stays
// on the loopback interface.
//
// It is a module of its own so that the peers' dependencies are none of the product's;
// peer/fosite is another one, since it takes longer to build than all else.
package main
