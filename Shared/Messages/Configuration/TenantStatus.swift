/// Whether a tenant may use the product.
public enum TenantStatus: String, Codable, CaseIterable, Equatable, Sendable {
    /// It may.
    case active
    /// All its identity providers are shut, whatever their own status, until it is resumed.
    case suspended
}
