package record

// Stored is what became of the mail, the flags and the folders that were there
// before, and of the operations on them.
type Stored struct {
	Accounts int `json:"accounts"`
	Folders  int `json:"folders"`  // before
	Messages int `json:"messages"` // before
	// Compared is how many messages had to be there at the end and could be
	// looked for; Unknown how many could not.
	Compared int `json:"compared"`
	Unknown  int `json:"unknown"`
	// Operations counts verdicts by kind of operation: ok, failed,
	// indeterminate, not_attempted. Unstarted are those whose time passed while
	// the one before them was not over.
	Operations map[string]map[string]int `json:"operations"`
	Unstarted  int                       `json:"unstarted"`
	// Anomalies counts by class; every class that was looked for has a number.
	Anomalies map[string]int `json:"anomalies"`
	// Details are the first few of each class.
	Details []StoredDetail `json:"details,omitempty"`
	// InvisibleTo counts, by client, the messages that it never saw.
	InvisibleTo map[string]int `json:"invisible_to,omitempty"`
	// ResyncBytes is what every mail reader downloads again because a
	// UIDVALIDITY changed.
	ResyncBytes int64 `json:"resync_bytes"`
	// ResyncStorm: the UIDVALIDITY of every folder changed.
	ResyncStorm bool        `json:"resync_storm,omitempty"`
	Unread      []string    `json:"unread,omitempty"` // accounts that could not be read, with the error
	Unmeasured  []StoredGap `json:"unmeasured,omitempty"`
}

// StoredDetail is one anomaly.
type StoredDetail struct {
	Class   string `json:"class"`
	Account string `json:"account"`
	Folder  string `json:"folder,omitempty"`
	UID     uint32 `json:"uid,omitempty"`
	Seq     uint32 `json:"seq,omitempty"`
	Text    string `json:"text"`
}

// StoredGap is one thing that was not measured, and why.
type StoredGap struct {
	What string `json:"what"`
	Why  string `json:"why"`
}
