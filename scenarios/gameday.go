package scenarios

// GameDay is a file of kind GameDay: an exercise with people, on a drill or
// around a table.
type GameDay struct {
	APIVersion string   `yaml:"apiVersion"`
	Kind       string   `yaml:"kind"`
	Metadata   Metadata `yaml:"metadata"`
	// Form is what the exercise is; "tabletop" takes no scenario.
	Form       string       `yaml:"form"`
	Goal       string       `yaml:"goal"`
	Hypotheses []Hypothesis `yaml:"hypotheses"`
	// Scenario is the drill that is led: a name of the library, or a file.
	Scenario string `yaml:"scenario"`
	// Set overrides values of the scenario, "path=value".
	Set []string `yaml:"set"`
	// Patience is how long the drill waits for an inject or a step at most.
	Patience Duration `yaml:"patience"`
	// Breaks is what the exercise takes away beyond what the faults of the
	// scenario show, and all of it for a tabletop: "mail:drill.test".
	Breaks   []string     `yaml:"breaks"`
	Plan     RecoveryPlan `yaml:"plan"`
	Roles    []Role       `yaml:"roles"`
	Channels []Channel    `yaml:"channels"`
	RollCall RollCall     `yaml:"rollcall"`
	Notices  []Notice     `yaml:"notices"`
	Injects  []Inject     `yaml:"injects"`
	// Runbook is what the players do, in order.
	Runbook []RunbookStep `yaml:"runbook"`
	// StopWhen are criteria that people watch; those of the machine are the guards
	// of the scenario.
	StopWhen []string `yaml:"stop_when"`
	// Differences from production are what the result cannot speak for.
	Differences []string `yaml:"differences"`
	// ReportTo is who gets the report: the management body, an auditor.
	ReportTo []string       `yaml:"report_to"`
	Levels   []ServiceLevel `yaml:"levels"`
	// Follows are game days whose actions must be followed up.
	Follows []string `yaml:"follows"`
	// Programme must have nothing overdue.
	Programme string         `yaml:"programme"`
	Expect    *GameDayExpect `yaml:"expect"`
}

// Hypothesis is what is believed before the exercise.
type Hypothesis struct {
	ID   string `yaml:"id"`
	Text string `yaml:"text"`
	// Objective of the drill that decides; empty: people do.
	Objective string `yaml:"objective"`
}

// RecoveryPlan is the plan that is exercised.
type RecoveryPlan struct {
	Document string `yaml:"document"`
	Version  string `yaml:"version"`
	Reviewed string `yaml:"reviewed"` // a day
	// Within is how old the review may be, in days.
	Within int `yaml:"within_days"`
	// Topology is the digest of the topology that the plan describes.
	Topology string `yaml:"topology"`
	// Runbook says where the runbook is kept, DependsOn what one needs to read it.
	Runbook   string   `yaml:"runbook"`
	DependsOn []string `yaml:"depends_on"`
}

// Role is a part in the exercise, and who plays it.
type Role struct {
	Role   string `yaml:"role"`
	Name   string `yaml:"name"`
	Deputy string `yaml:"deputy"`
	// Channel is where the person is reached, Address under what there.
	Channel string `yaml:"channel"`
	Address string `yaml:"address"`
	// Trained is the day of the last training, Within how old that may be, in days.
	Trained string `yaml:"trained"`
	Within  int    `yaml:"within_days"`
	// Waived is why nobody plays it.
	Waived string `yaml:"waived"`
}

// Channel is a way to reach people while mail is down.
type Channel struct {
	ID     string `yaml:"id"`
	Kind   string `yaml:"kind"`
	Format string `yaml:"format"`
	URL    string `yaml:"url"`
	// URLFrom and TokenFrom say where a secret is: "env:NAME" or "file:PATH".
	URLFrom   string   `yaml:"url_from"`
	TokenFrom string   `yaml:"token_from"`
	Command   []string `yaml:"command"`
	Room      string   `yaml:"room"`
	// Provider is who carries e-mail that does not pass the system under test.
	Provider  string   `yaml:"provider"`
	Server    string   `yaml:"server"`
	From      string   `yaml:"from"`
	DependsOn []string `yaml:"depends_on"`
}

// RollCall asks all whose part has a channel whether they are there.
type RollCall struct {
	Within Duration `yaml:"within"`
	Quorum int      `yaml:"quorum"`
}

// Notice is a message to those whom the exercise touches.
type Notice struct {
	ID       string   `yaml:"id"`
	When     string   `yaml:"when"` // before, during, after
	Lead     Duration `yaml:"lead"` // before: how long before the start at least
	Channel  string   `yaml:"channel"`
	Audience string   `yaml:"audience"`
	Text     string   `yaml:"text"`
	// Acknowledge: somebody of the audience has to answer.
	Acknowledge bool `yaml:"acknowledge"`
}

// Inject is something that happens to the players. Without at or between it is
// released on demand.
type Inject struct {
	ID    string `yaml:"id"`
	Title string `yaml:"title"`
	// Text is told to the players over Channel; empty: nothing is said.
	Text    string `yaml:"text"`
	Channel string `yaml:"channel"`
	// Step of the scenario that is held back until the inject is released.
	Step    string     `yaml:"step"`
	At      *Duration  `yaml:"at"`
	Between []Duration `yaml:"between"`
	// Surprise: players do not see it before it is released.
	Surprise bool `yaml:"surprise"`
}

// RunbookStep is one step of the runbook.
type RunbookStep struct {
	ID     string   `yaml:"id"`
	Title  string   `yaml:"title"`
	Role   string   `yaml:"role"`
	Expect Duration `yaml:"expect"`
	// After is the inject that calls for it.
	After string `yaml:"after"`
	// Releases is the step of the scenario that is held back until this one is done;
	// empty: people do all of it.
	Releases string `yaml:"releases"`
}

// ServiceLevel is what was agreed with a provider.
type ServiceLevel struct {
	Provider string `yaml:"provider"`
	Service  string `yaml:"service"`
	// Recovery is the longest outage, Availability the share of the drill's time.
	Recovery     Duration `yaml:"recovery"`
	Availability Amount   `yaml:"availability"`
}

// GameDayExpect is how the exercise ends if everything is as the file says.
type GameDayExpect struct {
	Verdict string   `yaml:"verdict"`
	Checks  []string `yaml:"checks"` // exactly those that are missed
	Reason  string   `yaml:"reason"`
}

// Parts gives the roles that somebody plays.
func (g GameDay) Parts() (parts []Role) {
	for _, r := range g.Roles {
		if r.Waived == "" {
			parts = append(parts, r)
		}
	}
	return parts
}
