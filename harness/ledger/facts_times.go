package ledger

// Kinds of events that only times are worked out from.
const (
	StepDue       = "step.due" // Data: Due
	AlertReceived = "alert"    // Data: Alert
	HealthSeen    = "health"   // Data: Health, when it changes
)

// Due is the data of [StepDue]: a step of the timeline was about to begin.
type Due struct {
	// Planned is when it had to begin: the time of the timeline, or when its
	// condition was first seen to hold.
	Planned Seconds `json:"planned"`
	// Phases tells how far each declared cycle was at that time, from 0 to 1.
	Phases map[string]float64 `json:"phases,omitempty"`
}

// Alert is the data of [AlertReceived]: one alert as somebody's monitoring
// posted it. All of its text was written by others.
type Alert struct {
	Name   string `json:"name,omitempty"`
	Status string `json:"status"` // [AlertFiring] or [AlertResolved]
	Form   string `json:"form"`   // "alertmanager", "json" or "text"
	Text   string `json:"text,omitempty"`
}

// What an alert says.
const (
	AlertFiring   = "firing"
	AlertResolved = "resolved"
)

// Health is the data of [HealthSeen]: what the system's own health check says
// of a node. Began and Ended bracket the look.
type Health struct {
	Began   Seconds `json:"began"`
	Ended   Seconds `json:"ended"`
	Healthy bool    `json:"healthy"`
	Detail  string  `json:"detail,omitempty"`
}
