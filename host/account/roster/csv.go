package roster

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"slices"
	"strings"

	"github.com/acrhost/acrhost/host/journey/nearest"
)

// column is one column of a CSV file.
type column struct {
	name string
	read func(r *Row, cell string) error
	cell func(r Row) string
}

// columns are all that there are, in the order of an export.
func columns() []column {
	return []column{
		{"id", func(r *Row, c string) error { r.ID = c; return nil }, func(r Row) string { return r.ID }},
		{"name", func(r *Row, c string) error { r.Name = c; return nil }, func(r Row) string { return r.Name }},
		{"email", func(r *Row, c string) error { r.Email = &c; return nil }, func(r Row) string { return or(r.Email) }},
		flag("email_verified", func(r *Row) **bool { return &r.EmailVerified }),
		{"phone", func(r *Row, c string) error { r.Phone = &c; return nil }, func(r Row) string { return or(r.Phone) }},
		flag("phone_verified", func(r *Row) **bool { return &r.PhoneVerified }),
		{"claims", readClaims, writeClaims},
		flag("disabled", func(r *Row) **bool { return &r.Disabled }),
		{"password_hash", func(r *Row, c string) error { r.PasswordHash = c; return nil }, func(r Row) string { return r.PasswordHash }},
		flag("change_password", func(r *Row) **bool { return &r.ChangePassword }),
		{"password", func(r *Row, c string) error { r.Password = c; return nil }, func(r Row) string { return r.Password }},
	}
}

func flag(name string, member func(*Row) **bool) column {
	read := func(r *Row, cell string) error {
		if cell != "" && cell != "true" && cell != "false" {
			return errors.New("it must be true, false or empty")
		}
		value := cell == "true"
		*member(r) = &value
		return nil
	}
	return column{name, read, func(r Row) string {
		if or(*member(&r)) {
			return "true"
		}
		return "false"
	}}
}

func readClaims(r *Row, cell string) error {
	r.Claims = map[string]any{}
	if cell == "" {
		return nil
	}
	if json.Unmarshal([]byte(cell), &r.Claims) != nil || r.Claims == nil {
		return errors.New(`it must be a JSON object, as {"name":"Carol"}`)
	}
	return nil
}

func writeClaims(r Row) string {
	text, err := json.Marshal(r.Claims) // came out of JSON
	if err != nil || len(r.Claims) == 0 {
		return ""
	}
	return string(text)
}

func readCSV(from io.Reader) iter.Seq2[Row, []Fault] {
	return func(yield func(Row, []Fault) bool) {
		r := csv.NewReader(withoutBOM(from))
		header, err := r.Read()
		if err != nil {
			yield(Row{}, []Fault{csvFault(err)})
			return
		}
		used, faults := readHeader(header)
		if len(faults) > 0 {
			yield(Row{}, faults)
			return
		}
		for {
			cells, err := r.Read()
			if errors.Is(err, io.EOF) {
				return
			}
			row, faults := Row{}, []Fault(nil)
			if err != nil {
				faults = []Fault{csvFault(err)}
			} else {
				line, _ := r.FieldPos(0)
				row, faults = readCells(used, cells, line)
			}
			_, bad := errors.AsType[*csv.ParseError](err)
			if !yield(row, faults) || err != nil && !bad {
				return
			}
		}
	}
}

// withoutBOM drops what some spreadsheets write before the text.
func withoutBOM(r io.Reader) io.Reader {
	b := bufio.NewReader(r)
	if mark, err := b.Peek(3); err == nil && string(mark) == "\ufeff" {
		_, _ = b.Discard(len(mark))
	}
	return b
}

func readHeader(header []string) (used []column, faults []Fault) {
	all := columns()
	var names []string
	for _, c := range all {
		names = append(names, c.name)
	}
	for i, name := range header {
		known := slices.Index(names, name)
		switch {
		case known < 0:
			hint := nearest.Hint(name, names)
			if hint == "" {
				hint = "known columns: " + strings.Join(names, ", ")
			}
			faults = append(faults, fault(1, "unknown column %q (hint: %s)", name, hint))
		case slices.Contains(header[:i], name):
			faults = append(faults, fault(1, "the column %s comes twice", name))
		default:
			used = append(used, all[known])
		}
	}
	if !slices.Contains(header, "name") {
		faults = append(faults, fault(1, "there is no column name; the first line names the columns"))
	}
	return used, faults
}

func readCells(used []column, cells []string, line int) (Row, []Fault) {
	r := Row{line: line}
	var faults []Fault
	for i, c := range used {
		if err := c.read(&r, cells[i]); err != nil {
			faults = append(faults, fault(line, "%s: %v", c.name, err))
		}
	}
	return r, faults
}

// csvFault says where a file is no CSV. The library's words quote nothing of it.
func csvFault(err error) Fault {
	bad, ok := errors.AsType[*csv.ParseError](err)
	switch {
	case errors.Is(err, io.EOF):
		return fault(1, "the file is empty; the first line names the columns")
	case !ok:
		return fault(0, "can't be read: %v", err)
	case errors.Is(err, csv.ErrFieldCount):
		return fault(bad.Line, "the row does not have as many fields as the first line has columns")
	}
	return fault(bad.Line, "no CSV: %v; a field with a quote or a comma in it stands in quotes, and quotes in it are doubled", bad.Err)
}
