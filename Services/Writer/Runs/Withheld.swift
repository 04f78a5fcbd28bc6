/// A person whose record was not applied, or not all of it, until somebody decides.
struct Withheld: Equatable {
    /// WeCom's spelling of the user id.
    let externalID: String
    /// Whether the record may be another human's; else the person is disabled in WeCom, and more lose access than may.
    let isReused: Bool
}
