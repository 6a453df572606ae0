package main

import "github.com/acrhost/acrhost/host/plugin/bench/job"

func openNative(s *setup) (call, error) {
	return func() (answer, error) {
		output, err := job.Native(s.document)
		return answer{output: output}, err
	}, nil
}
