/// Which fields of the directory's people the rules fill, so that one that lost its rule is cleared.
public struct MappedFields: Codable, Equatable, Sendable {
    /// Fields that follow WeCom: names of ``DirectoryField`` and keys of extended fields.
    public var always: [String]
    /// Fields that are filled for new people only, and left alone afterwards.
    public var onCreate: [String]

    /// - Parameters:
    ///   - always: Fields that follow WeCom.
    ///   - onCreate: Fields that are filled for new people only.
    public init(always: [String], onCreate: [String] = []) {
        self.always = always
        self.onCreate = onCreate
    }
}
