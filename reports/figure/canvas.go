package figure

// Canvas is what a figure is drawn on. Texts reach it as they are: a canvas
// makes them harmless in its own way.
type Canvas interface {
	// Path draws a line through the points, or the polygon that they enclose.
	Path(points []Point, closed bool, s Style)
	// Marks draws the same small shape at each of many points; size is its width in
	// points. A [Dot] is a disc in the ink of the fill.
	Marks(shape Shape, at []Point, size float64, s Style)
	Text(at Point, text string, l Lettering)
	// Group draws a part of the figure that belongs together.
	Group(g Group, draw func())
}

// Point is a place on the plane of a figure.
type Point struct{ X, Y float64 }

// Group is a part of a figure.
type Group struct {
	Label string // what it is, for whoever points at it or has it read aloud; may be empty
	Link  string // anchor in the document; may be empty
	Clip  *Box   // nothing is drawn outside; nil: no bound
	// Scroll: the part lies on the time axis of the figure (see [Axis]), and may
	// be stretched along it.
	Scroll bool
}

// Box is a rectangle.
type Box struct{ X, Y, W, H float64 }

// Corners are the points of a box, to be drawn as a closed path.
func (b Box) Corners() []Point {
	return []Point{{b.X, b.Y}, {b.X + b.W, b.Y}, {b.X + b.W, b.Y + b.H}, {b.X, b.Y + b.H}}
}

// Style is how a path or a mark looks. The zero value draws nothing.
type Style struct {
	Fill    Ink
	Stroke  Ink
	Width   float64 // of the stroke; 0 is 1
	Dash    Dash
	Hatch   Hatch   // pattern over the fill, in the ink of the stroke
	Opacity float64 // of the fill, 0 to 1; 0 is 1
}

// Ink is a colour by its meaning. Each canvas has its own palette, also for
// dark screens and for grey print.
type Ink uint8

// Inks.
const (
	None   Ink = iota
	Text       // words and axes
	Muted      // lesser words
	Grid       // lines to read by
	Paper      // the ground
	Good       // passed, up, delivered
	Bad        // failed, down, lost
	Open       // inconclusive, unsteady, late, in doubt
	Accent     // measured quantities
	Second     // measured quantities beside others
	Blind      // no data
	Fault1     // faults, one hue each, again from the first where there are more
	Fault2
	Fault3
	Fault4
	Fault5
	Fault6
)

// FaultInk is the ink of the n-th fault of a run, from 0.
func FaultInk(n int) Ink { return Fault1 + Ink(n%6) }

// Dash is how a line is broken.
type Dash uint8

// Dashes.
const (
	Solid Dash = iota
	Dashed
	Dotted
)

// Hatch is a pattern that a closed path is filled with.
type Hatch uint8

// Hatches: each reads without colour.
const (
	Plain   Hatch = iota
	Rising        // ///
	Falling       // \\\
	Crossed
	Specks
	Level // horizontal lines
)

// Shape is the shape of a mark.
type Shape uint8

// Shapes.
const (
	Dot Shape = iota
	Ring
	Square
	Triangle
	Cross // ×
	Diamond
	Tick // a short upright line
)

// Lettering is how text looks.
type Lettering struct {
	Ink    Ink     // None is Text
	Size   float64 // points; 0 is 9
	Bold   bool
	Mono   bool
	Anchor Anchor
	Upward bool // read from below
}

// Anchor is which part of a text is at its point; the point is on the baseline.
type Anchor uint8

// Anchors.
const (
	Start Anchor = iota
	Middle
	End
)

// Axis is the time axis of a figure: Left and Right are where From and To are,
// in points and in seconds since the start of the run.
type Axis struct{ Left, Right, From, To float64 }

// Figure is one picture.
type Figure struct {
	ID            string // unique in its document, of letters, digits and hyphens
	Title         string // short
	Alt           string // what it shows, for whoever does not see it: a sentence or two
	Width, Height float64
	Axis          *Axis // nil: time is not across
	Draw          func(Canvas)
}
