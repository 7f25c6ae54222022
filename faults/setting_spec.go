package faults

// SettingSpec changes a file of a server's configuration, and has the server
// read it again.
type SettingSpec struct {
	File string    `json:"file"` // absolute, in the node
	Do   SettingDo `json:"do"`
	// Text is written before or after what is in the file.
	Text string `json:"text,omitempty"`
	// Certificate is what is wrong with the one that takes the file's place.
	Certificate BadCertificate `json:"certificate,omitempty"`
	// Reload is the program in the node that has the server read its files, with
	// its arguments, after the change and after its end; none: nobody tells it.
	Reload []string `json:"reload,omitempty"`
}

// SettingDo is what is done to the file.
type SettingDo string

const (
	SettingCertify SettingDo = "certify" // its certificates are replaced, its keys stay
	SettingPrepend SettingDo = "prepend"
	SettingAppend  SettingDo = "append"
)
