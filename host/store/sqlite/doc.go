// Package sqlite keeps everything in one SQLite file: the store of a host that
// runs on one machine.
//
// What it promises: when a write returns, it survives the end of the process and
// of the machine (WAL with synchronous=FULL). A code that was taken stays taken.
//
// How: one goroutine writes, on one connection. Writes that arrive while it
// commits wait and are then committed together, so that many logins share the
// cost of one sync to the disk (see writer). What belongs to one answer returns before it is
// kept, and the answer waits (store.Together). Readers have connections of their own and
// never wait for it (see pool), unless they read behind a write of their own. A row that was read or
// written before is remembered for as long as nobody has changed it, of whatever process (see recent).
//
// The driver is modernc.org/sqlite: SQLite without cgo. It is used as it is (see
// statements); database/sql is for the migrations alone.
package sqlite
