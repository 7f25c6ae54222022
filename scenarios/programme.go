package scenarios

import "strings"

// Programme is a file of kind Programme: drills and exercises with their dates.
// All times in it are those of a clock on the wall in its time zone.
type Programme struct {
	APIVersion string   `yaml:"apiVersion"`
	Kind       string   `yaml:"kind"`
	Metadata   Metadata `yaml:"metadata"`
	Timezone   string   `yaml:"timezone"`
	Owner      string   `yaml:"owner"`
	// From and Until are the first and the last day on which something is planned.
	From  string `yaml:"from"`
	Until string `yaml:"until"`
	// Seed draws the times of what is unannounced.
	Seed int `yaml:"seed"`
	// Together is how many drills may run at the same time; 0: one.
	Together int             `yaml:"together"`
	Quiet    []QuietHours    `yaml:"quiet"`
	Freezes  []Freeze        `yaml:"freezes"`
	Items    []ProgrammeItem `yaml:"items"`
}

// QuietHours are hours in which nothing starts. They may go over midnight: then
// they belong to the day on which they begin.
type QuietHours struct {
	Days []string `yaml:"days"` // none: every day
	From string   `yaml:"from"`
	To   string   `yaml:"to"`
}

// Freeze is a stretch of time in which nothing starts. A day as its end is
// frozen as a whole.
type Freeze struct {
	Name  string `yaml:"name"`
	From  string `yaml:"from"`
	Until string `yaml:"until"`
}

// ProgrammeItem is a drill or an exercise that comes again and again.
type ProgrammeItem struct {
	ID    string `yaml:"id"`
	Title string `yaml:"title"`
	// One of these is set: a drill is the name of a scenario, its file, or
	// "suite:NAME"; a game day a name or a file.
	Drill   string `yaml:"drill"`
	GameDay string `yaml:"gameday"`
	Owner   string `yaml:"owner"`

	Causes      []string `yaml:"causes"`
	Mitigations []string `yaml:"mitigations"`
	Controls    []string `yaml:"controls"`

	// One of these says when.
	Cron  string `yaml:"cron"`
	Every *Every `yaml:"every"`
	// Grace is how many days after its date it is overdue; nil: 7.
	Grace       *int         `yaml:"grace_days"`
	Unannounced *Unannounced `yaml:"unannounced"`
	// Missed is what becomes of a date at which nothing was there to run it.
	Missed string `yaml:"missed"` // run (default) or skip
	// Alarm are the times before the start at which a calendar rings.
	Alarm  []Duration `yaml:"alarm"`
	Runner string     `yaml:"runner"` // auto or manual; default: auto for drills
}

// Every is a day of every so many months.
type Every struct {
	Months int `yaml:"months"`
	// Month is the first one; 0: that in which the programme begins.
	Month int `yaml:"month"`
	// Day of the month; of a shorter month it is the last.
	Day int    `yaml:"day"`
	At  string `yaml:"at"`
}

// Unannounced draws the start from a window that begins on the planned day.
type Unannounced struct {
	Days int    `yaml:"window_days"` // 0: one
	From string `yaml:"from"`        // of each day; empty: all of it
	To   string `yaml:"to"`
}

// What a programme does with a date that was missed, and who runs an item.
const (
	MissedRun    = "run"
	MissedSkip   = "skip"
	RunnerAuto   = "auto"
	RunnerManual = "manual"
)

// Suite gives the name of the suite that the item runs.
func (i ProgrammeItem) Suite() (string, bool) { return strings.CutPrefix(i.Drill, "suite:") }

// Subject is what is drilled or exercised, as the file names it.
func (i ProgrammeItem) Subject() string {
	if i.GameDay != "" {
		return i.GameDay
	}
	return i.Drill
}

// Manual tells an item that people start: the machine only reminds of it.
func (i ProgrammeItem) Manual() bool { return i.GameDay != "" || i.Runner == RunnerManual }

// GraceDays is how many days after its date the item is overdue.
func (i ProgrammeItem) GraceDays() int {
	if i.Grace == nil {
		return 7
	}
	return *i.Grace
}

// OwnerOf is who answers for an item.
func (p *Programme) OwnerOf(i ProgrammeItem) string {
	if i.Owner != "" {
		return i.Owner
	}
	return p.Owner
}

// Item finds an item by its id.
func (p *Programme) Item(id string) (ProgrammeItem, bool) {
	for _, i := range p.Items {
		if i.ID == id {
			return i, true
		}
	}
	return ProgrammeItem{}, false
}
