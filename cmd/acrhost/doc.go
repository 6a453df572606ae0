// Command acrhost is the OpenID Provider: it serves a configuration, checks one,
// keeps users, and runs a step plugin by itself. Run it without arguments for help.
package main
