/// A JSON value that is carried along as the bytes it came in.
public struct RawJSON: Hashable, Sendable {
    /// The value in UTF-8.
    public let bytes: [UInt8]

    /// - Parameter bytes: One whole JSON value.
    public init(bytes: [UInt8]) { self.bytes = bytes }
}
