package rewrite

import "fmt"

// change is one place where a body is written differently. The bytes from at to
// end are replaced, or, when both are the same, something is put in front.
type change struct {
	at, end int
	kind    changeKind
	cost    int64   // of charge and check
	index   uint32  // of call and refFunc the function, of exit the label, of mark the offset
	stored  ValType // of mark: what is stored
}

type changeKind byte

const (
	charge     changeKind = iota // take cost from the fuel
	check                        // the same, then ask for more when it is below zero
	call                         // call a function whose index moved
	refFunc                      // the same for ref.func
	exit                         // return, as a branch to the end of the wrapping block
	payBytes                     // pay for the range in bytes whose length is on the stack
	payEntries                   // pay for the range in table entries
	grow                         // memory.grow, as a call of the helper
	fillPieces                   // memory.fill likewise
	copyPieces                   // memory.copy likewise
	mark                         // note which block of memory the store behind it writes to
	markRange                    // the same for a range: where and how long is on the stack
)

// plan is what a scan found out about one body.
type plan struct {
	locals     []localGroup
	localCount uint32 // parameters included
	code       []byte // the instructions and the last end
	changes    []change
	calls      bool // whether it calls anything
	pieces     int  // of straight code
	targets    int  // of tables of branches
	carried    int  // for each loop, the locals that are assigned in it
	assigned   int  // the same for each block of any kind
	joined     int  // for each label, what joining its branches takes
	lived      int  // for each piece, the square of the locals that live there (live.go)
	values     int  // what its values take, by where they live and where they go (live.go)
	stores     map[ValType]bool
}

// effort is what the body counts of maxEffort.
func (p *plan) effort() int {
	return p.pieces*p.pieces + p.targets*p.targets + p.carried*p.carried + costlyEffort*(p.joined+p.lived)
}

// maxModuleEffort is how much of it a module may have with so many bytes of functions.
func maxModuleEffort(bytes int) int {
	return min(maxEffort+effortPerByte*bytes, longEffort+longPerByte*bytes)
}

type localGroup struct {
	count uint32
	typ   ValType
}

// frame is an open block, loop or if while scanning.
type frame struct {
	op       byte
	dead     bool // the code before it can't run
	targeted bool // a branch leads to its end
	hasElse  bool
	thenDead bool // with hasElse: the end of the first branch can't be reached

	from     int // where it begins, in Module.assigned's count
	base     int // how many values are on the stack below its own
	params   int
	results  int
	arity    int // how many values a branch to it takes along
	branches int // how many there are, without those of tables
	tabled   int // how many there are in tables
	assigned int // how many locals are, in it
}

// scan reads one body, checks that it names nothing but what the module has, and
// plans the changes.
type scan struct {
	m      *Module
	r      *reader
	p      plan
	frames []frame
	dead   bool // the current code can't run
	addrs  addresses
	lives  *lives
	first  bool // only to know which locals last
	height int  // how many values are on the stack; not known where the code can't run
	point  int  // the index in changes of the current charge
}

// Bounds that real toolchains stay far below. The engine's compiler recurses over
// the nesting of blocks and takes more than linear time over large bodies.
const (
	maxLocals  = 50_000
	maxNesting = 10_000
	maxBody    = 8 << 20
	// maxPieces is of straight code in a function. The engine's compiler takes a second
	// for so many, and half a minute for twice as many.
	maxPieces = 16_000
	// maxTargets is of labels in tables of branches, in a function. The compiler takes half a
	// second for so many, and a minute for ten times as many.
	maxTargets = 20_000
	// maxCarried is of locals that loops in loops carry, in a function. The compiler takes a
	// second for so many, and four times as long for twice as many.
	maxCarried = 16_000
	// maxAssigned is the same for blocks of any kind, whose labels cost it less.
	maxAssigned = 400_000
	// maxJoined is of what joining the branches to labels takes, in a function: for each label
	// the square of how many there are, times what they carry. It takes some seconds. The loop
	// of Ruby's interpreter comes to three quarters of it.
	maxJoined = 400_000_000
	// maxEffort bounds the same for a module: the sum of the squares, and of what joining takes and
	// the locals that live on (live.go), costlyEffort each. It takes a second. Go's own libraries come to a sixth
	// of it. A long program may have more: effortPerByte of its functions, and from longEffort
	// on longPerByte. It takes its time anyhow; Ruby, of 10 MB, and esbuild need three quarters
	// of that.
	maxEffort     = 300_000_000
	effortPerByte = 1000
	longEffort    = 2_000_000_000
	longPerByte   = 200
	costlyEffort  = 4
	// maxValues is of what values take, in a function: a second, and 200 MB. The loop of Ruby's
	// interpreter comes to half of it.
	maxValues = 8_000_000
	// maxModuleValues bounds the same for a module, with valuesPerByte of its functions. Real
	// programs come to 8 for each byte at most.
	maxModuleValues = 3_000_000
	valuesPerByte   = 24
)

// scan reads a body twice: what its locals cost depends on where they are read later.
func (m *Module) scan(body []byte, t FuncType) (*plan, error) {
	if len(body) > maxBody {
		return nil, fmt.Errorf("the body is %d bytes long, %d are allowed", len(body), maxBody)
	}
	if first := m.read(body, t, true); first.r.err != nil {
		return nil, first.r.err
	}
	s := m.read(body, t, false)
	p := s.p // alone: what else was needed to scan is not to be kept for each body
	return &p, s.r.err
}

// read reads a body, at first to know which locals last.
func (m *Module) read(body []byte, t FuncType, first bool) *scan {
	s := &scan{m: m, r: &reader{b: body}, lives: &m.lives, first: first}
	s.lives.begin()
	s.readLocals(t)
	if first && s.r.err == nil {
		m.lasting.begin(s.p.localCount)
	}
	code := s.r.pos
	s.r = &reader{b: body[code:], err: s.r.err}
	s.p.code = s.r.b
	s.frames = append(s.frames, frame{op: opBlock, from: s.place(), results: len(t.Results), arity: len(t.Results)})
	s.newPoint(check)
	s.p.changes[s.point].cost = 1 // being called isn't free, even for an empty body
	for len(s.frames) > 0 && s.r.err == nil {
		s.instruction()
	}
	lived, squares := s.lives.effort(s.p.pieces)
	s.p.lived = squares
	s.p.values += lived + heldCost*s.p.assigned + int(s.p.localCount) + len(t.Results)
	if s.p.values > maxValues {
		s.r.fail("too many of its values live on over too many of its branches: such code takes too long to compile")
	}
	s.r.done()
	return s
}

func (s *scan) readLocals(t FuncType) {
	total := uint64(len(t.Params))
	s.r.vector(func() {
		g := localGroup{count: s.r.u32(), typ: s.r.valType()}
		if total += uint64(g.count); total > maxLocals {
			s.r.fail("more than %d locals", maxLocals)
		}
		s.p.locals = append(s.p.locals, g)
	})
	s.p.localCount = uint32(total)
}

// newPoint begins a straight piece of code here. What it costs is known later.
func (s *scan) newPoint(kind changeKind) {
	s.dead = false
	if s.p.pieces++; s.p.pieces > maxPieces {
		s.r.fail("it has more than %d branches: such code takes too long to compile", maxPieces)
	}
	if s.p.values += nestCost * s.lives.loops; s.p.values > maxValues {
		s.r.fail("too many of its loops and branches lie in loops: such code takes too long to compile")
	}
	s.point = len(s.p.changes)
	s.p.changes = append(s.p.changes, change{at: s.r.pos, end: s.r.pos, kind: kind})
}

// pay counts an instruction. Code that can't run is free.
func (s *scan) pay() {
	if !s.dead {
		s.p.changes[s.point].cost++
	}
}

// change plans to write the instruction from byte at to here differently.
func (s *scan) change(at int, kind changeKind, index uint32) {
	s.p.changes = append(s.p.changes, change{at: at, end: s.r.pos, kind: kind, index: index})
}

// before plans to put something in front of the instruction at byte at.
func (s *scan) before(at int, kind changeKind) {
	s.p.changes = append(s.p.changes, change{at: at, end: at, kind: kind})
}
