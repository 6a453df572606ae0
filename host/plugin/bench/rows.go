package main

import (
	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/host/plugin/guests"
)

// The names of rows that others are compared with.
const (
	reuseRow   = "bare, reused, leaking"
	doneRow    = "bare, reused, WithCloseOnContextDone"
	anewRow    = "bare, a new instance"
	hostGroup  = "in the host"
	gojaNewRow = "goja, a new VM"
	extismNew  = "Extism, a new instance"
	grpcRow    = "hashicorp/go-plugin, gRPC"
	webhookRow = "HTTP webhook, kept alive"
)

// rows are all the ways, in the order in which they take turns.
func rows() []row {
	list := []row{
		nativeRow(),
		{group: hostGroup, name: "CEL, encoding/json", open: openCEL},
		{group: hostGroup, name: gojaNewRow, open: openGojaNew},
		{group: hostGroup, name: "goja, reused", open: openGojaReused},
	}
	for _, language := range guests.Languages() {
		list = append(list, guestRows(language)...)
	}
	return append(list,
		row{group: "whole calls", name: "Module.Call, Go decide", open: openDecideCall},
		row{group: "whole calls", name: "Module.Call, standard set-acr", open: openSetACRCall},
		row{group: "others", name: extismNew, open: openExtismNew},
		row{group: "others", name: "Extism, reused", open: openExtismReused},
		row{group: "others", name: grpcRow, open: openGoPlugin},
		row{group: "others", name: webhookRow, open: openWebhook},
	)
}

// guestRows are the ways to run a guest. What is compared with each other is next to
// each other.
func guestRows(language string) []row {
	return []row{
		{group: language, name: string(plugin.Auto), plain: reuseRow, open: openMode(language, plugin.Auto)},
		{group: language, name: reuseRow, open: openBareReused(language)},
		{group: language, name: string(plugin.Restore), plain: reuseRow, optional: true, open: openMode(language, plugin.Restore)},
		{group: language, name: string(plugin.Fresh), plain: reuseRow, optional: true, open: openMode(language, plugin.Fresh)},
		{group: language, name: string(plugin.Prewarm), plain: reuseRow, optional: true, open: openMode(language, plugin.Prewarm)},
		{group: language, name: doneRow, plain: reuseRow, open: openBareDone(language)},
		{group: language, name: anewRow, plain: reuseRow, open: openBareNew(language)},
	}
}

func nativeRow() row {
	return row{group: hostGroup, name: "native Go, encoding/json", open: openNative}
}
