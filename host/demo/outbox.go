package demo

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/acrhost/acrhost/host/store"
)

// shown is how many messages the outbox shows.
const shown = 100

// OutboxView is what the page outbox shows, newest first: who waits for a code
// looks at the top.
type OutboxView struct {
	Messages []OutboxMessage
}

// OutboxMessage is one message.
type OutboxMessage struct {
	At, To, Channel, Text string
}

// showOutbox shows what was "sent", as a page or, with Accept: application/json,
// as a list, newest first in both.
func (d *Demo) showOutbox(w http.ResponseWriter, r *http.Request) {
	messages, err := d.Outbox.Messages(r.Context(), shown)
	if err != nil {
		d.Log.ErrorContext(r.Context(), "demo outbox", "error", err)
		d.fail(w, http.StatusInternalServerError, View{}, Failure{Title: "The outbox could not be read", Description: "The log says more."})
		return
	}
	w.Header().Add("Vary", "Accept")
	if strings.Contains(r.Header.Get("Accept"), "application/json") {
		d.writeOutbox(w, r, messages)
		return
	}
	view := OutboxView{Messages: make([]OutboxMessage, 0, len(messages))}
	for _, m := range messages {
		view.Messages = append(view.Messages, OutboxMessage{At: moment(m.At), To: m.To, Channel: m.Channel, Text: m.Text})
	}
	d.Pages.Render(w, http.StatusOK, "outbox", view)
}

func (d *Demo) writeOutbox(w http.ResponseWriter, r *http.Request, messages []store.Message) {
	if messages == nil {
		messages = []store.Message{} // an empty list, not null
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if err := json.NewEncoder(w).Encode(messages); err != nil {
		d.Log.DebugContext(r.Context(), "demo outbox: the reader went away", "error", err)
	}
}
