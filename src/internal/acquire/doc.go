// Package acquire defines what a source of images or sound is. A source is a device, a file
// or a synthetic signal. The packages below this one implement [VideoSource] and
// [AudioSource]; only cmd/av_capture chooses among them. Nothing here knows of ROS.
//
// # The contract of a source
//
// Package supervisor is the only caller, and keeps to this order, any number of times:
//
//   - Open, once. If it fails, the source stays closed.
//   - Run, once or not at all, after an Open that succeeded.
//   - Close, at least once after an Open that succeeded; it may also be called on a source
//     that is closed.
//
// Each call is made after the last one has returned, so that sources need no locks for
// their state, and no checks of the order: [Checked] makes these. All three calls may
// hang, in a driver or on a disk. The supervisor then leaves the source behind: when the
// hanging call returns after all, it closes the source if it is open then, and calls no more.
//
// Methods of [Controlled], [CallCounter] and [Supply] are different: other goroutines may call
// them, those of Controlled and Supply at any time, and Calls during Run.
package acquire
