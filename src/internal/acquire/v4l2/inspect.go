package v4l2

// Resolve returns the device node of the camera with a name (see [Config]). The camera is
// present and captures, and this process may open it.
//
// The errors are [media.ErrAbsent], [media.ErrBusy] and [media.ErrUnknownDevice]; their texts
// list the cameras that there are.
func Resolve(name string) (path string, err error) {
	if path, err = resolve(name, List); err != nil {
		return path, err
	}
	d, _, err := openCapture(path)
	if err != nil {
		return path, err
	}
	d.close()
	return path, nil
}

// Padding returns the bytes behind the pixels of each row, as a camera is set now.
func Padding(path string) (int, error) {
	d, _, err := openCapture(path)
	if err != nil {
		return 0, err
	}
	defer d.close()
	now, err := d.format()
	if err != nil {
		return 0, err
	}
	i := rank(now.format)
	if i < 0 || pixelFormats[i].compressed() || len(now.steps) == 0 {
		return 0, nil
	}
	return max(0, now.steps[0]-pixelFormats[i].rowBytes(now.width)), nil
}

// Offers lists the formats, sizes and rates of a camera for people.
func Offers(path string) string {
	d, _, err := openCapture(path)
	if err != nil {
		return err.Error()
	}
	defer d.close()
	return offers(d.formats(), "")
}
