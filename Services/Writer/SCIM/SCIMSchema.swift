/// The URNs of what SCIM tells.
enum SCIMSchema {
    static let user = "urn:ietf:params:scim:schemas:core:2.0:User"
    static let group = "urn:ietf:params:scim:schemas:core:2.0:Group"
    static let enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
    /// What the directory knows of people beyond SCIM's own attributes.
    static let person = "urn:ietf:params:scim:schemas:extension:wecombridge:2.0:User"
    /// The fields that a tenant added, by their keys.
    static let extendedFields = "urn:ietf:params:scim:schemas:extension:wecombridge:2.0:ExtendedFields"
    /// What the directory knows of departments beyond SCIM's own attributes.
    static let department = "urn:ietf:params:scim:schemas:extension:wecombridge:2.0:Group"

    static let listResponse = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
    static let searchRequest = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
    static let error = "urn:ietf:params:scim:api:messages:2.0:Error"
    static let serviceProviderConfig = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
    static let resourceType = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"
    static let schema = "urn:ietf:params:scim:schemas:core:2.0:Schema"
}
