/// What one call to WeCom may take.
public struct Limits: Sendable, Hashable {
    /// From the first byte sent to the last received.
    public var timeout: Duration

    /// Bytes of an answer's body. A department of 30,000 people with all fields has about 20 MB.
    public var maximumBody: Int

    /// - Parameters:
    ///   - timeout: From the first byte sent to the last received.
    ///   - maximumBody: Bytes of an answer's body.
    public init(timeout: Duration = .seconds(30), maximumBody: Int = 64 << 20) {
        self.timeout = timeout
        self.maximumBody = maximumBody
    }
}
