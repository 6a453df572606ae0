package roster

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"

	"github.com/go-json-experiment/json"

	"github.com/acrhost/acrhost/host/account"
)

// Export writes all users, by name, and counts them. Hashes of passwords are written
// only on demand: who has them can try passwords at leisure.
func Export(ctx context.Context, accounts *account.Service, w io.Writer, f Format, hashes bool) (int, error) {
	out, err := newWriter(w, f, hashes)
	if err != nil {
		return 0, err
	}
	const page = 500
	count := 0
	for after := ""; ; {
		users, err := accounts.List(ctx, after, page)
		if err != nil {
			return count, fmt.Errorf("list users: %w", err)
		}
		for _, u := range users {
			row := rowOf(u)
			if hashes {
				hash, change, err := accounts.PasswordHash(ctx, u.ID)
				if err != nil {
					return count, fmt.Errorf("password of user %q: %w", u.Name, err)
				}
				row.PasswordHash, row.ChangePassword = hash, &change
			}
			if err := out.write(row); err != nil {
				return count, fmt.Errorf("write users: %w", err)
			}
			count++
		}
		if len(users) < page {
			return count, out.flush()
		}
		after = users[len(users)-1].Name
	}
}

// writer writes rows in one format.
type writer struct {
	write func(Row) error
	flush func() error
}

func newWriter(w io.Writer, f Format, hashes bool) (writer, error) {
	if f != CSV {
		return writer{write: func(r Row) error { return writeLine(w, r) }, flush: func() error { return nil }}, nil
	}
	out := csv.NewWriter(w)
	var used []column
	var header []string
	for _, c := range columns() {
		secret := c.name == "password_hash" || c.name == "change_password"
		if c.name != "password" && (hashes || !secret) {
			used, header = append(used, c), append(header, c.name)
		}
	}
	write := func(r Row) error {
		cells := make([]string, len(used))
		for i, c := range used {
			cells[i] = c.cell(r)
		}
		return out.Write(cells)
	}
	flush := func() error { out.Flush(); return out.Error() }
	return writer{write: write, flush: flush}, out.Write(header)
}

func writeLine(w io.Writer, r Row) error {
	line, err := json.Marshal(r, json.Deterministic(true))
	if err != nil {
		return err
	}
	_, err = w.Write(append(line, '\n'))
	return err
}
