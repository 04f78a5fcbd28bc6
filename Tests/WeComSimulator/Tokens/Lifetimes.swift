/// How long things are valid, in seconds (wecom.md §1.1).
struct Lifetimes: Sendable, Equatable {
    var accessToken = 7200
    var suiteToken = 7200
    var providerToken = 7200
    var suiteTicket = 1800
    var preAuthCode = 1200
    var authCode = 600
    var authorizationLink = 864_000
    var signInCode = 300
    var userTicket = 1800
}
