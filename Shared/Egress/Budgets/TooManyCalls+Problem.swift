import Hummingbird
public import Runtime

extension TooManyCalls {
    /// 429: says why, and when to try again.
    public var problem: Problem {
        let seconds = max(Int64((retryAfter / .seconds(1)).rounded(.up)), 1)
        return Problem(
            .tooManyRequests,
            isForRefusals ? "too-many-refusals" : "too-many-calls",
            title: "Too many calls to WeCom",
            detail: "WeCom is not asked now: \(self). Too many calls would have WeCom shut out everybody here.",
            fix: isForRefusals
                ? "Copy the secret again from the app's page in the WeCom admin console, and try in \(seconds) seconds."
                : "Try again in \(seconds) seconds.",
            extensions: ["countedFor": subject.rawValue],
            headers: [.retryAfter: "\(seconds)"]
        )
    }
}
