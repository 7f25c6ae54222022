package faults

// FileSpec changes files of one of the node's volumes that are on devices of
// their own.
type FileSpec struct {
	Volume string `json:"volume"`
	Do     FileDo `json:"do"`
	// What is corrupted: "index", "keywords", "message" or "queue".
	What  string `json:"what,omitempty"`
	Files int    `json:"files,omitempty"` // corrupt: how many
	Bytes int    `json:"bytes,omitempty"` // corrupt: how many in each
	// Path is below the volume: what is deleted, or changes hands.
	Path string `json:"path,omitempty"`
	// Owner and Group are ids, Mode are permission bits: of all at the path, and
	// below it. Mode -1: they stay.
	Owner int `json:"owner,omitempty"`
	Group int `json:"group,omitempty"`
	Mode  int `json:"mode,omitempty"`
	// Rate is how many files a second are encrypted.
	Rate int `json:"rate,omitempty"`
	// Lasting: the end of the rule puts nothing back.
	Lasting bool `json:"lasting,omitempty"`
}

// FileDo is what is done to files.
type FileDo string

const (
	FileCorrupt FileDo = "corrupt" // bytes in the middle are inverted
	FileOwn     FileDo = "own"     // owner and permissions change
	FileDelete  FileDo = "delete"  // they are gone
	FileLock    FileDo = "encrypt" // their content is encrypted, one after the other
)
