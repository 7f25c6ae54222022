package scenarios

import "time"

// Alerts are received from the system's own monitoring while a drill runs.
type Alerts struct {
	// Webhook: a POST to http://outside.DOMAIN/ is an alert.
	Webhook bool `yaml:"webhook"`
	// Names are the alerts that count as detection. Empty: all.
	Names []string `yaml:"names"`
}

// Cycle is something that the system does again and again, such as a backup: a
// loss depends on how far it was.
type Cycle struct {
	Every  Duration `yaml:"every"`
	Offset Duration `yaml:"offset"`
	From   string   `yaml:"from"` // baseline (default) or clock
}

// Detect bounds the time until a fault is noticed.
type Detect struct {
	Max Duration `yaml:"max"`
	By  string   `yaml:"by"` // alert, probe, failover or health
}

// Drain bounds the time from recovery until the backlog is gone.
type Drain struct {
	Max Duration `yaml:"max"`
	// Flush: a drain that an operator hurried counts too.
	Flush bool `yaml:"flush"`
}

// Late bounds what may be delivered later than a time.
type Late struct {
	Max   Amount   `yaml:"max"`
	After Duration `yaml:"after"`
}

// Unfiltered bounds what reaches a mailbox and was not looked at by the filter.
type Unfiltered struct {
	Max Amount `yaml:"max"`
	// Mark is the header field that the filter adds to what it has looked at.
	Mark string `yaml:"mark"`
}

// Phase is how far the cycle is, from 0 up to 1, at a time on a clock on which
// the first cycle began at 0.
func (c Cycle) Phase(at time.Duration) float64 {
	every := time.Duration(c.Every)
	if every <= 0 {
		return 0
	}
	into := (at - time.Duration(c.Offset)) % every
	if into < 0 {
		into += every
	}
	return float64(into) / float64(every)
}
