/// Where identities come from, to choose.
struct SourceChoice: Sendable {
    let tenantPath: String
    let mayMake: Bool
}
