package ledger

// StreamStored numbers the messages that are stored before the baseline or by
// state operations. They never pass the mail servers, and the accounts of the
// workload do not count them.
const StreamStored uint16 = 4

// Kinds of events about stored mail.
const (
	StateManifest  = "state.manifest"  // Data: Manifest
	StateIntent    = "state.op"        // Data: StateOperation, before its command is sent
	StateDone      = "state.done"      // Data: StateOutcome
	StateSeen      = "state.saw"       // Data: UIDSighting
	StateSynced    = "state.sync"      // Data: CacheSync
	StateUnstarted = "state.unstarted" // Data: UnstartedOperations
)

// Rounds of a [Manifest].
const (
	BeforeDrill = "before"
	AfterDrill  = "after"
)

// Manifest is one full reading of one account, made with EXAMINE and BODY.PEEK
// alone, so that it leaves no trace. With an Error it was not read to its end,
// and nothing in it may be counted as missing.
type Manifest struct {
	Round   string         `json:"round"`
	Account string         `json:"account"` // address
	Began   Seconds        `json:"began"`
	Ended   Seconds        `json:"ended"`
	Folders []StoredFolder `json:"folders"`
	Quota   []StoredQuota  `json:"quota,omitempty"`
	Scripts []StoredScript `json:"scripts,omitempty"` // Sieve, by ManageSieve (RFC 5804)
	UIDL    []StoredUIDL   `json:"uidl,omitempty"`
	// Unmeasured is what the server does not offer, or what this reading left out.
	Unmeasured []Unmeasured `json:"unmeasured,omitempty"`
	Error      string       `json:"error,omitempty"`
}

// StoredFolder is one mailbox of a manifest. ModSeq is 0 where the server has
// no CONDSTORE (RFC 7162).
type StoredFolder struct {
	Name        string          `json:"name"`
	UIDValidity uint32          `json:"uidvalidity"`
	UIDNext     uint32          `json:"uidnext"`
	ModSeq      uint64          `json:"highestmodseq,omitempty"`
	Subscribed  bool            `json:"subscribed,omitempty"`
	Messages    []StoredMessage `json:"messages"`
}

// StoredMessage is one message of a folder. Seq is its number in
// [StreamStored]; 0: it bears no token of this run.
type StoredMessage struct {
	UID    uint32   `json:"uid"`
	Seq    uint32   `json:"seq,omitempty"`
	Digest string   `json:"digest"` // of the whole text, SHA-256, the first 16 bytes
	Size   int64    `json:"size"`
	Date   int64    `json:"date"` // INTERNALDATE, seconds since 1970
	Flags  []string `json:"flags,omitempty"`
	ModSeq uint64   `json:"modseq,omitempty"`
}

// StoredQuota is one resource of one quota root (RFC 9208): STORAGE in KiB,
// MESSAGE in messages.
type StoredQuota struct {
	Root     string `json:"root"`
	Resource string `json:"resource"`
	Usage    int64  `json:"usage"`
	Limit    int64  `json:"limit"`
}

// StoredScript is one Sieve script.
type StoredScript struct {
	Name   string `json:"name"`
	Active bool   `json:"active,omitempty"`
	Digest string `json:"digest"`
}

// StoredUIDL is the unique-id of one message of the inbox (RFC 1939, section
// 7), with the number that the message bears where TOP could show it.
type StoredUIDL struct {
	ID  string `json:"id"`
	Seq uint32 `json:"seq,omitempty"`
}

// Unmeasured is one thing that is not measured, and why.
type Unmeasured struct {
	What string `json:"what"`
	Why  string `json:"why"`
}

// Kinds of [StateOperation].
const (
	OpAddFlags    = "flags.add"
	OpRemoveFlags = "flags.remove"
	OpCopy        = "copy"
	OpMove        = "move"
	OpExpunge     = "expunge" // STORE \Deleted and UID EXPUNGE
	OpAppend      = "append"
	OpCreate      = "create"
	OpRename      = "rename"
	OpSubscribe   = "subscribe"
	OpUnsubscribe = "unsubscribe"
	OpPOPDelete   = "pop.dele" // DELE and QUIT (RFC 1939, section 6)
)

// StateOperation is one change of stored mail that is about to be ordered. It is
// on stable storage before the first byte of its command.
type StateOperation struct {
	N           int      `json:"op"` // counts from 1 over all accounts
	Account     string   `json:"account"`
	Kind        string   `json:"kind"`
	Folder      string   `json:"folder"`
	Target      string   `json:"target,omitempty"` // of copy, move and rename
	UID         uint32   `json:"uid,omitempty"`
	UIDValidity uint32   `json:"uidvalidity,omitempty"`
	Seq         uint32   `json:"seq,omitempty"`
	Digest      string   `json:"digest,omitempty"` // of what is appended
	Date        int64    `json:"date,omitempty"`
	Size        int64    `json:"size,omitempty"`
	Flags       []string `json:"flags,omitempty"`
	Began       Seconds  `json:"began"`
}

// Verdicts of a [StateOutcome].
const (
	StateOK            = "ok"            // tagged OK
	StateFailed        = "failed"        // tagged NO or BAD: nothing has changed
	StateIndeterminate = "indeterminate" // the connection was lost after the command was written
	StateNotAttempted  = "not_attempted" // ended before the command was written
)

// StateOutcome is what became of an operation. One that has none is
// indeterminate. UID and UIDValidity are those of the new message
// (APPENDUID, COPYUID: RFC 4315), 0 where the server did not tell.
type StateOutcome struct {
	N           int     `json:"op"`
	Account     string  `json:"account"`
	Verdict     string  `json:"verdict"`
	UID         uint32  `json:"uid,omitempty"`
	UIDValidity uint32  `json:"uidvalidity,omitempty"`
	Error       string  `json:"error,omitempty"`
	Ended       Seconds `json:"ended"`
}

// UIDSighting is another message than expected under a UID, met by an
// operation that looked before it acted. Seq is 0 if there was none.
type UIDSighting struct {
	Account     string `json:"account"`
	Folder      string `json:"folder"`
	UIDValidity uint32 `json:"uidvalidity"`
	UID         uint32 `json:"uid"`
	Seq         uint32 `json:"seq,omitempty"`
}

// UnstartedOperations counts those whose time passed while the one before them
// was not over yet.
type UnstartedOperations struct {
	Account string `json:"account"`
	Count   int    `json:"count"`
}

// Cached clients.
const (
	ClientUIDNext = "uidnext" // fetches what has a UID of the last UIDNEXT or more
	ClientQResync = "qresync" // asks what changed since its mod-sequence (RFC 7162)
)

// CacheSync is one synchronisation of a client that keeps a cache and never
// reads a folder anew while its UIDVALIDITY stays. With an Error its cache is as
// it was before.
type CacheSync struct {
	Round   string       `json:"round"` // "before", "during", "after"
	Client  string       `json:"client"`
	Account string       `json:"account"`
	Folders []SyncFolder `json:"folders,omitempty"`
	Error   string       `json:"error,omitempty"`
}

// SyncFolder is what the client learned of one folder.
type SyncFolder struct {
	Name        string       `json:"name"`
	UIDValidity uint32       `json:"uidvalidity"`
	UIDNext     uint32       `json:"uidnext"`
	ModSeq      uint64       `json:"highestmodseq,omitempty"`
	New         []SyncedMail `json:"new,omitempty"`      // that were not in the cache
	Vanished    []uint32     `json:"vanished,omitempty"` // of the cache
}

// SyncedMail is one message that a client took into its cache.
type SyncedMail struct {
	UID uint32 `json:"uid"`
	Seq uint32 `json:"seq,omitempty"`
}
