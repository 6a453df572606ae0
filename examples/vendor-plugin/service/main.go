// Command service stands in for Acme's risk service: it gives every login the same score.
//
//	go run ./examples/vendor-plugin/service -score 0.6
package main

import (
	"flag"
	"fmt"
	"log"
	"net/http"
	"time"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:8099", "the `address` to listen on")
	score := flag.Float64("score", 0.1, "what every login gets, from 0 to 1")
	flag.Parse()
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/score", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"score": %g}`, *score)
	})
	server := http.Server{Addr: *listen, Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	log.Fatal(server.ListenAndServe())
}
