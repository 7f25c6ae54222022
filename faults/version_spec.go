package faults

// VersionSpec has a node made of another image. The container that it was stays
// beside it until the rule ends.
type VersionSpec struct {
	Image string `json:"image"` // as the engine has it
}
