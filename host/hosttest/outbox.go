package hosttest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// Message is one entry of the demo's outbox.
type Message struct {
	At                time.Time
	To, Channel, Text string
}

// Outbox reads what the demo sent, newest first.
func Outbox(issuer string) ([]Message, error) {
	req, err := http.NewRequest(http.MethodGet, issuer+"/demo/outbox", nil)
	if err != nil {
		return nil, fmt.Errorf("outbox: %w", err)
	}
	req.Header.Set("Accept", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, fmt.Errorf("outbox: %w", err)
	}
	defer res.Body.Close()
	var list []Message
	if err := json.NewDecoder(res.Body).Decode(&list); err != nil {
		return nil, fmt.Errorf("outbox, status %d: %w", res.StatusCode, err)
	}
	return list, nil
}
