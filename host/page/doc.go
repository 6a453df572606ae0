// Package page writes every HTML page that a browser gets, and nothing else does.
//
// A page is a template of the folder templates inside one layout. It works
// without scripts and by keyboard, on a phone and on a wide screen, light and
// dark. Every string is escaped by html/template, where it came from does not
// matter: a step's words, a client's name and a user's input are text.
//
// Every page forbids the browser to run scripts, to be framed, to be kept in a
// cache, and to send its forms anywhere but here and where the login ends; see
// headers.go.
package page
