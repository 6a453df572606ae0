package sqlite

import (
	"context"
	"fmt"

	"github.com/acrhost/acrhost/host/store"
)

const (
	addEvent   = "INSERT INTO event (at, type, user_id, client, run, details) VALUES (?, ?, ?, ?, ?, ?)"
	listEvents = "SELECT at, type, user_id, client, run, details FROM event ORDER BY seq DESC LIMIT ?"

	addMessage   = "INSERT INTO message (at, recipient, channel, text) VALUES (?, ?, ?, ?)"
	listMessages = "SELECT at, recipient, channel, text FROM message ORDER BY seq DESC LIMIT ?"

	// AUTOINCREMENT numbers rise by one, as nothing but this deletes.
	trimMessages = "DELETE FROM message WHERE seq <= (SELECT max(seq) FROM message) - ?"
)

// AddEvent is store.Audit.
func (db *DB) AddEvent(ctx context.Context, e store.Event) error {
	details, err := toJSON(e.Details)
	if err != nil {
		return fmt.Errorf("details of event %s: %w", e.Type, err)
	}
	return db.writer.writeBeside(ctx, func(ctx context.Context, s *statements) error {
		_, err := exec(ctx, s, addEvent, at(e.At), e.Type, e.UserID, e.Client, e.Run, details)
		return err
	})
}

// Events is store.Audit.
func (db *DB) Events(ctx context.Context, limit int) ([]store.Event, error) {
	return list(ctx, db, scanEvent, listEvents, max(0, limit))
}

// AddMessage is store.Outbox.
func (db *DB) AddMessage(ctx context.Context, m store.Message) error {
	return db.writer.write(ctx, func(ctx context.Context, s *statements) error {
		if _, err := exec(ctx, s, addMessage, at(m.At), m.To, m.Channel, m.Text); err != nil {
			return err
		}
		_, err := exec(ctx, s, trimMessages, store.OutboxSize)
		return err
	})
}

// Messages is store.Outbox.
func (db *DB) Messages(ctx context.Context, limit int) ([]store.Message, error) {
	return list(ctx, db, scanMessage, listMessages, max(0, limit))
}

func scanEvent(row row) (e store.Event, err error) {
	var moment int64
	var details string
	if err := row.Scan(&moment, &e.Type, &e.UserID, &e.Client, &e.Run, &details); err != nil {
		return store.Event{}, err
	}
	e.At = when(moment)
	return e, fromJSON(details, "event.details", &e.Details)
}

func scanMessage(row row) (m store.Message, err error) {
	var moment int64
	err = row.Scan(&moment, &m.To, &m.Channel, &m.Text)
	m.At = when(moment)
	return m, err
}
