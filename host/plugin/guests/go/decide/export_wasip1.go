package main

//go:wasmexport acrhost_step_v1
func run() int32 { return module.Step() }

//go:wasmexport acrhost_describe_v1
func describe() int32 { return module.Describe() }
