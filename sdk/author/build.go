package author

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
)

// Progress is told each command before it runs, and what it printed when it is done.
type Progress interface {
	Running(c Command)
	Printed(text string)
}

// Compile builds the project's module. The module of before stays until there is a new
// one, so that whoever watches it never reads half of one. A missing tool is a
// *MissingError, a compiler that fails a *FailedError.
func (p Project) Compile(ctx context.Context, progress Progress) error {
	if p.Language == other {
		return p.runAll(ctx, progress, []Command{{What: "build", Args: p.Build}})
	}
	language, err := Find(p.Language)
	if err != nil {
		return err
	}
	tools, err := language.building().Toolchain(ctx, p.Dir)
	if err != nil {
		return err
	}
	building := p
	building.Module = path.Join(path.Dir(p.Module), "building-"+path.Base(p.Module))
	defer os.Remove(building.Path())
	if err := p.runAll(ctx, progress, language.Build(tools, building)); err != nil {
		return err
	}
	if err := os.Rename(building.Path(), p.Path()); err != nil {
		return fmt.Errorf("the commands succeeded and left no module: %w", err)
	}
	return nil
}

// UnitTest runs the unit tests of the project's own, and says whether there are any.
func (p Project) UnitTest(ctx context.Context, progress Progress) (bool, error) {
	if p.Language == other {
		if len(p.Test) == 0 {
			return false, nil
		}
		return true, p.runAll(ctx, progress, []Command{{What: "unit tests", Args: p.Test}})
	}
	language, err := Find(p.Language)
	if err != nil || language.Test == nil {
		return false, err
	}
	tools, err := language.Toolchain(ctx, p.Dir)
	if err != nil {
		return false, err
	}
	commands := language.Test(tools, p)
	return len(commands) > 0, p.runAll(ctx, progress, commands)
}

func (p Project) runAll(ctx context.Context, progress Progress, commands []Command) error {
	dir, err := filepath.Abs(p.Dir)
	if err != nil {
		return fmt.Errorf("find the project: %w", err)
	}
	for _, c := range commands {
		progress.Running(c)
		output, err := c.run(ctx, dir)
		if err != nil {
			return err
		}
		progress.Printed(output)
	}
	return nil
}
