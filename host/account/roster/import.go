package roster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/acrhost/acrhost/host/account"
	"github.com/acrhost/acrhost/host/store"
)

// Conflict says what becomes of a row whose user exists.
type Conflict string

// What may become of it.
const (
	Fail   Conflict = "fail" // a fault, before anything is written
	Skip   Conflict = "skip"
	Update Conflict = "update"
)

// ErrFaults means that there were faults, which were reported, and nothing was written.
var ErrFaults = errors.New("nothing was written")

// Import is what to import, and how.
type Import struct {
	Accounts *account.Service
	From     io.ReadSeeker // read twice
	Format   Format
	Conflict Conflict
	// InsecurePlain allows passwords in the clear: they are in a file then.
	InsecurePlain bool
	DryRun        bool
	Fault         func(Fault)                 // gets each fault, in the order of the lines
	Progress      func(verb string, rows int) // is told after each row, by one goroutine at a time
}

// Done is what an import came to.
type Done struct{ Added, Updated, Skipped int }

// Run checks all rows, and then writes them. It is ErrFaults when there were any.
// When writing fails, Done is what was written by then.
func (i Import) Run(ctx context.Context) (Done, error) {
	done, err := i.check(ctx)
	if err != nil || i.DryRun {
		return done, err
	}
	if _, err := i.From.Seek(0, io.SeekStart); err != nil {
		return Done{}, fmt.Errorf("read the file again: %w", err)
	}
	done, err = i.write(ctx)
	if done.Added+done.Updated > 0 {
		err = errors.Join(err, i.Accounts.RecordImport(ctx, done.Added, done.Updated))
	}
	return done, err
}

// plan is what was seen of a file while it is checked.
type plan struct {
	Done
	names  map[string]int // by normalized name: the line
	ids    map[string]int
	faults int
}

func (i Import) check(ctx context.Context) (Done, error) {
	p := plan{names: map[string]int{}, ids: map[string]int{}}
	read := 0
	for row, faults := range rows(i.From, i.Format) {
		if len(faults) == 0 {
			faults = append(row.check(i.Accounts, i.InsecurePlain), p.twice(row)...)
			known, err := i.known(ctx, row, &p)
			if err != nil {
				return Done{}, err
			}
			faults = append(faults, known...)
		}
		for _, f := range faults {
			i.Fault(f)
		}
		p.faults += len(faults)
		read++
		i.Progress("checked", read)
	}
	if p.faults > 0 {
		return Done{}, fmt.Errorf("%d faults: %w", p.faults, ErrFaults)
	}
	return p.Done, nil
}

// twice says whether a user or an id stands in the file already.
func (p *plan) twice(r Row) (faults []Fault) {
	name, err := store.NormalizeName(r.Name)
	if err != nil {
		return nil // said already
	}
	if line, ok := p.names[name]; ok {
		faults = append(faults, fault(r.line, "name %q: the user stands in line %d already", r.Name, line))
	}
	p.names[name] = r.line
	if line, ok := p.ids[r.ID]; ok && r.ID != "" {
		faults = append(faults, fault(r.line, "id: it is that of line %d already", line))
	}
	p.ids[r.ID] = r.line
	return faults
}

// known compares a row with the users that exist.
func (i Import) known(ctx context.Context, r Row, p *plan) ([]Fault, error) {
	user, err := i.Accounts.Find(ctx, r.Name)
	switch {
	case errors.Is(err, store.ErrNotFound):
		p.Added++
		return i.idTaken(ctx, r)
	case err != nil:
		return nil, fmt.Errorf("line %d: %w", r.line, err)
	case i.Conflict == Skip:
		p.Skipped++
	case i.Conflict != Update:
		return []Fault{fault(r.line, "name %q: the user exists; --on-conflict skip leaves existing users alone, --on-conflict update changes them", r.Name)}, nil
	case r.ID != "" && r.ID != user.ID:
		return []Fault{fault(r.line, "id: the user %q exists with another one, which can't change", r.Name)}, nil
	default:
		p.Updated++
	}
	return nil, nil
}

func (i Import) idTaken(ctx context.Context, r Row) ([]Fault, error) {
	if r.ID == "" {
		return nil, nil
	}
	user, err := i.Accounts.User(ctx, r.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("line %d: %w", r.line, err)
	}
	return []Fault{fault(r.line, "id: it is that of the user %q", user.Name)}, nil
}

// writers is how many users are written at once: the store makes one sync of what
// comes together.
const writers = 32

func (i Import) write(ctx context.Context) (Done, error) {
	var mu sync.Mutex
	var done Done
	group, until := errgroup.WithContext(ctx)
	group.SetLimit(writers)
	for row, faults := range rows(i.From, i.Format) {
		if len(faults) > 0 {
			group.Go(func() error {
				return fmt.Errorf("line %d: the file has changed: %s", faults[0].Line, faults[0].Message)
			})
			break
		}
		if until.Err() != nil {
			break
		}
		group.Go(func() error {
			count, err := i.put(until, row, &done)
			if err != nil {
				return fmt.Errorf("line %d: %w", row.line, err)
			}
			mu.Lock()
			defer mu.Unlock()
			*count++
			i.Progress("written", done.Added+done.Updated+done.Skipped)
			return nil
		})
	}
	err := group.Wait()
	if err == nil {
		err = ctx.Err()
	}
	return done, err
}

// put writes one user, and gives what it counts as.
func (i Import) put(ctx context.Context, r Row, done *Done) (*int, error) {
	user, err := i.Accounts.Find(ctx, r.Name)
	switch {
	case errors.Is(err, store.ErrNotFound):
		_, err = i.Accounts.Create(ctx, r.newUser())
		return &done.Added, err
	case err != nil:
		return nil, err
	case i.Conflict == Skip:
		return &done.Skipped, nil
	case i.Conflict != Update:
		return nil, fmt.Errorf("user %q: %w", r.Name, account.ErrNameTaken)
	}
	return &done.Updated, i.Accounts.Update(ctx, user.ID, r.change())
}
