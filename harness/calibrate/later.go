package calibrate

// shows says which parts of the record the calibrations may rely on. What is
// false is written down as a case, but not asserted: the record has no place
// for it yet, or the judge does not fill it in. Turn an entry on as soon as it
// does; nothing else has to change.
var shows = map[string]bool{
	"hidden":           true,  // accounting: on a disk, in no mailbox
	"misfiled":         true,  // accounting: the right user, another folder
	"late":             false, // accounting: found after it was called lost
	"stale":            true,  // accounting: messages of another run
	"recovered":        true,  // accounting: indeterminate, and found
	"loss_grades":      true,  // accounting: L2, L3, L4
	"duplicate_causes": true,  // accounting: by comparison of the Received chains
	"replicas-differ":  true,  // two stores that show different mail are no pass
	"rejection-fails":  true,  // mail delivered despite its rejection is no pass
	"stall-widens":     true,  // a stall at an edge widens the bracket
	"false-receipts":   true,  // a problem of its own: reported as delivered, and lost
	"planted":          true,  // entries of kind Planted are understood, and must be found
}
