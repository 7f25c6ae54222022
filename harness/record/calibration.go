package record

// Calibration is calibration.json: what the instrument was asked about a mail
// system whose truth was known, and how it answered. Records and reports cite
// it by its ID.
type Calibration struct {
	Schema  string `json:"schema"` // always [CalibrationSchema]
	ID      string `json:"id"`
	Tool    Tool   `json:"tool"`
	Started string `json:"started"` // RFC 3339
	Ended   string `json:"ended"`
	// Form is "quick", "full", or "partial" if only some rows were asked for.
	Form    string           `json:"form"`
	Seed    uint64           `json:"seed"`
	Passed  bool             `json:"passed"` // every row passed, every mutant was caught
	Summary string           `json:"summary"`
	Cases   int              `json:"cases"`
	Rows    []CalibrationRow `json:"rows"`
	Mutants []CaughtMutant   `json:"mutants"`
}

// CalibrationSchema is the value of Calibration.Schema.
const CalibrationSchema = "maildrill/calibration/v1"

// How a row ended.
const (
	RowPassed = "passed"
	RowFailed = "failed"
)

// CalibrationRow is one calibration.
type CalibrationRow struct {
	ID      string   `json:"id"` // "CAL-02"
	Title   string   `json:"title"`
	Cases   int      `json:"cases"`
	Failed  int      `json:"failed"`
	Result  string   `json:"result"`
	Reason  string   `json:"reason,omitempty"` // of the first failure
	Seconds float64  `json:"seconds"`
	Figures []string `json:"figures,omitempty"` // what was measured, in words
}

// CaughtMutant is one deliberate defect of the instrument. CaughtBy is the
// calibration that turned red; empty: none did, so nothing would notice such a
// defect.
type CaughtMutant struct {
	Name     string `json:"name"`
	What     string `json:"what"`
	CaughtBy string `json:"caught_by"`
	Reason   string `json:"reason,omitempty"`
}
