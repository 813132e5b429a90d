// The members of a dictionary or an object, one level deep, into a dictionary: guarded, as nothing that is recorded may throw.
// Not for values, which AttributeWalk.cs writes.
using System;
using System.Collections;
using System.Management.Automation;

namespace Vigie
{
    internal static class Members
    {
        // Adds them, later ones over earlier ones; false for what has no members. What cannot be read any more is left out.
        internal static bool Add(IDictionary to, object from)
        {
            var map = from as IDictionary;
            var bag = from as PSObject;
            try
            {
                if (map != null)
                {
                    foreach (DictionaryEntry entry in map)
                    {
                        to[NameOf(entry.Key)] = entry.Value;
                    }
                }
                else if (bag != null)
                {
                    foreach (PSPropertyInfo property in bag.Properties)
                    {
                        to[property.Name] = ValueOf(property);
                    }
                }
            }
            catch (Exception)
            {
                // Changed by another thread meanwhile, or a dictionary that throws.
            }
            return map != null || bag != null;
        }

        internal static string NameOf(object key)
        {
            return key as string ?? (key == null ? string.Empty : AttributeJson.TextOf(AttributeJson.Unwrap(key)));
        }

        internal static object ValueOf(PSPropertyInfo property)
        {
            try
            {
                return property.Value;
            }
            catch (Exception)
            {
                return "[getter threw]";
            }
        }
    }
}
