package abi

// ConsentCheck is the request of consent_check.
type ConsentCheck = Nothing

// ConsentGive is the request of consent_give.
type ConsentGive = Nothing
