package record

// Security is what was found when the mail servers were asked, again and again,
// whether they keep what guards them: no relaying, log-in, TLS.
type Security struct {
	Checks []SecurityCheck `json:"checks"` // by node, service and question
	// Breaches are the first ones; Broken counts all.
	Breaches []Breach `json:"breaches,omitempty"`
	Broken   int      `json:"broken"`
	// Degraded counts the answers that came while a fault was in effect.
	Degraded int `json:"degraded"`
	// Untold are the checks that were answered before the first fault and never
	// after it began.
	Untold []string `json:"untold,omitempty"`
}

// SecurityCheck is one question to one service of one node.
type SecurityCheck struct {
	Node     string `json:"node"`
	Service  string `json:"service"`
	Question string `json:"question"`
	// Before is what was found first, before any fault; empty: nothing was.
	Before   string        `json:"before,omitempty"`
	All      SecurityTally `json:"all"`
	Degraded SecurityTally `json:"degraded"` // while a fault was in effect
}

// SecurityTally counts how often a question was asked: asked = held + broken +
// unanswered.
type SecurityTally struct {
	Asked      int `json:"asked"`
	Held       int `json:"held"`
	Broken     int `json:"broken"`
	Unanswered int `json:"unanswered"`
}

// Breach is one answer that must not be.
type Breach struct {
	At       float64 `json:"at"` // seconds, when the answer came
	Node     string  `json:"node"`
	Service  string  `json:"service"`
	Question string  `json:"question"`
	Found    string  `json:"found"`
	Before   string  `json:"before,omitempty"` // what it was, where that is what counts
	Said     string  `json:"said"`             // the dialogue
}
