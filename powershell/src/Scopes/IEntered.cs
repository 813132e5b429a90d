// What a context stack has to know of the things that were entered.

namespace Vigie
{
    /// <summary>Something that is entered and may end while it is on a stack.</summary>
    internal interface IEntered
    {
        /// <summary>Whether it has ended, so that it is current no longer.</summary>
        bool IsOver { get; }
    }
}
