// Package holder names the holder of a busy device: another source of this process, by the
// name in its claim, or another program, by its name and number as far as the kernel shows
// them to this user.
package holder
